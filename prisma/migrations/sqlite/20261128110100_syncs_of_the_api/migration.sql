-- AlterTable
ALTER TABLE "ApiOperation" ADD COLUMN "sync" TEXT;
